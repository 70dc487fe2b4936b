import { connectClient, connectionOf, defineKind, kinds, loadKubeconfig } from '@kcp/client';

/** What packages/client/README.md shows; a test runs it. */
export async function clientExample(file: string, print: (line: string) => void): Promise<void> {
  const config = await loadKubeconfig({ paths: [file], required: true });
  const client = connectClient(connectionOf(config), { onWarning: ({ text }) => print(`warning: ${text}`) });
  try {
    const blue = client.cluster('blue');
    await blue.of(kinds.Namespace).create({ metadata: { name: 'demo' } });

    const maps = blue.of(kinds.ConfigMap).namespace('demo');
    const map = await maps.create({ metadata: { name: 'greeting' }, data: { text: 'hello' } });
    await maps.update({ ...map, data: { text: 'good day' } });
    for await (const event of maps.watch({ fieldSelector: 'metadata.name=greeting', timeoutSeconds: 60 })) {
      if (event.type === 'BOOKMARK') continue;
      print(`${event.type} ${event.object.metadata.name}: ${event.object.data?.['text']}`);
      break;
    }

    const roles = defineKind<Role>({ ...rbac, resource: 'roles', kind: 'Role' });
    const role = await blue
      .of(roles)
      .namespace('demo')
      .create({ metadata: { name: 'r' }, rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }] });
    print(`a role with ${role.rules.length} rule`);

    const found = await blue.discovery().mapper().find('cm');
    if (found)
      for await (const { metadata } of blue.resource(found).items()) print(`${found.resource} ${metadata.name}`);
  } finally {
    client.close();
  }
}

const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1' };

interface Role {
  readonly metadata: { readonly name: string };
  readonly rules: readonly object[];
}
