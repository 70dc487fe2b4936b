import { describe, expect, it } from '@jest/globals';
import { kcpDefinitionName, kcpDefinitions } from '@kcp/apis';
import { compileSchema } from '@kcp/structural-schema';
import { created, texts } from '../testing/example-definition.ts';
import { kcpKindBody } from '../testing/kcp-kind.ts';
import { definitionWarnings } from './definition-warnings.ts';
import { decodeDefinition } from './decode-definition.ts';
import { validateDefinition } from './validate-definition.ts';
import { checkSchema } from './validate-schema.ts';

// Our own kinds are served by the same machinery as everybody's: they must pass what everybody's definitions must pass.
describe.each(kcpDefinitions.map((definition) => [kcpDefinitionName(definition), definition] as const))(
  'the definition of %s',
  (_name, definition) => {
    const body = kcpKindBody(definition);

    it('is one that a client could create', () => {
      expect(decodeDefinition(body).unknownFields).toEqual([]);
      expect(texts(validateDefinition(created(body)))).toEqual([]);
      expect(definitionWarnings(created(body).spec)).toEqual([]);
    });

    it('loses nothing by being decoded', () => {
      expect(created(body).spec).toMatchObject(definition);
    });

    it.each(definition.versions.map((version) => [version.name, version] as const))(
      'has a structural schema in %s whose rules are cheap enough, and that compiles',
      (_version, { schema, subresources, storage }) => {
        const hasStatus = subresources?.status !== undefined;
        const place = { path: 'schema', hasStatus, rules: { isStored: storage } };
        const checked = checkSchema(schema.openAPIV3Schema, place);
        expect(texts(checked.errors)).toEqual([]);
        const compiled = checked.schema && compileSchema(checked.schema);
        const hasRules = JSON.stringify(schema).includes('x-kubernetes-validations');
        expect(compiled?.rules !== undefined).toBe(hasRules);
      },
    );
  },
);
