import { start } from '@kcp/kcp';

/** What README.md shows of the server as a library; a test runs it. */
export async function example(print: (line: string) => void): Promise<void> {
  await using server = await start({
    hooks: {
      afterStart: ({ url }) => print(`listening on ${new URL(url).hostname}`),
      beforeStop: () => print('stopping'),
    },
  });
  const [apples, pears] = [server.client('apples'), server.client('pears')];
  await apples.create('/api/v1/namespaces', { metadata: { name: 'orchard' } });
  const list = async (client: typeof apples): Promise<number> => {
    const { items } = await client.get('/api/v1/namespaces');
    return Array.isArray(items) ? items.length : 0;
  };
  print(`apples has ${await list(apples)} namespace, pears has ${await list(pears)}`);
}
