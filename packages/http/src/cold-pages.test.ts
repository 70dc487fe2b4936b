import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express, { Router } from 'express';
import { openDoor } from './test-door.ts';
import type { TestDoor } from './test-door.ts';
import type { Transport } from './transport.ts';

const router = Router();
router.use(express.urlencoded({ extended: false, limit: 1000 }));
router.get('/docs/page', (request, response) => {
  response.cookie('seen', 'yes').send(`<h1>${request.path} ${request.hostname} ${request.protocol}</h1>`);
});
router.get('/docs/data', (_request, response) => {
  response.json({ a: 1 });
});
router.get('/docs/elsewhere', (_request, response) => {
  response.redirect('/docs/page');
});
router.get('/docs/throws', () => {
  throw new Error('a secret of the inside');
});
router.post('/docs/form', (request, response) => {
  response.status(201).send(request.body.field);
});

let test: TestDoor;
beforeAll(async () => {
  test = await openDoor(() => ({ status: 200, headers: {}, body: Buffer.from('hot') }), {
    cold: { router, isCold: (path) => path.startsWith('/docs/') },
  });
});
afterAll(async () => {
  await test[Symbol.asyncDispose]();
});

describe.each<[string, () => Transport]>([
  ['HTTP/1.1', () => test.http1()],
  ['HTTP/2', () => test.http2()],
])('a page over %s', (_name, open) => {
  it('is Express’, the rest the handler’s', async () => {
    const call = open();
    const page = await call({ target: '/docs/page?name=Ada' });
    expect(String(await page.bytes())).toBe('<h1>/docs/page 127.0.0.1 https</h1>');
    expect(page.headers['content-type']).toContain('text/html');
    expect(String(page.headers['set-cookie'])).toContain('seen=yes');
    expect(page.headers['x-powered-by']).toBeUndefined();
    expect(JSON.parse(String(await (await call({ target: '/docs/data' })).bytes()))).toEqual({ a: 1 });
    expect(String(await (await call({ target: '/api/docs/' })).bytes())).toBe('hot');
  });

  it('can redirect, and take a form', async () => {
    const call = open();
    const redirect = await call({ target: '/docs/elsewhere' });
    expect([redirect.status, redirect.headers['location']]).toEqual([302, '/docs/page']);
    await redirect.bytes();
    const form = await call({
      method: 'POST',
      target: '/docs/form',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from('field=value'),
    });
    expect([form.status, String(await form.bytes())]).toEqual([201, 'value']);
  });

  it('that is not there, or fails, says little', async () => {
    const call = open();
    const missing = await call({ target: '/docs/missing' });
    expect([missing.status, String(await missing.bytes())]).toEqual([404, '404 page not found\n']);
    test.errors.length = 0;
    const failed = await call({ target: '/docs/throws' });
    expect([failed.status, String(await failed.bytes())]).toEqual([500, 'internal server error\n']);
    expect(test.errors).toHaveLength(1);
  });
});
