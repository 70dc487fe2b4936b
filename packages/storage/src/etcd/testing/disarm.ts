import { Client, Metadata, credentials } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';

const field = (id: number, type: string) => ({ id, type });

/** What an operator does after etcd's quota was used up (api/etcdserverpb/rpc.proto, Maintenance). */
const schema = {
  nested: {
    etcdserverpb: {
      nested: {
        AlarmMember: { fields: { memberId: field(1, 'uint64'), alarm: field(2, 'int32') } },
        AlarmRequest: {
          fields: { action: field(1, 'int32'), memberId: field(2, 'uint64'), alarm: field(3, 'int32') },
        },
        AlarmResponse: { fields: { alarms: { ...field(2, 'AlarmMember'), rule: 'repeated' } } },
        DefragmentRequest: { fields: {} },
        DefragmentResponse: { fields: {} },
        Maintenance: {
          methods: {
            Alarm: { requestType: 'AlarmRequest', responseType: 'AlarmResponse' },
            Defragment: { requestType: 'DefragmentRequest', responseType: 'DefragmentResponse' },
          },
        },
      },
    },
  },
};

interface Alarms {
  readonly alarms: readonly object[];
}

/** Gives room back to the file and takes every alarm away. */
export const disarm = async (url: string): Promise<void> => {
  const maintenance = fromJSON(schema as Parameters<typeof fromJSON>[0], {
    longs: String,
    defaults: true,
    arrays: true,
  })['etcdserverpb.Maintenance'];
  const client = new Client(url.replace('http://', ''), credentials.createInsecure());
  const call = (name: string, request: object): Promise<Alarms> => {
    const { path, requestSerialize, responseDeserialize } = Reflect.get(maintenance ?? {}, name);
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, new Metadata(), (error, response) =>
        error === null && response !== undefined ? resolve(response as Alarms) : reject(error),
      );
    });
  };
  await call('Defragment', {});
  const { alarms } = await call('Alarm', { action: 0 });
  for (const alarm of alarms) await call('Alarm', { action: 2, ...alarm });
  client.close();
};
