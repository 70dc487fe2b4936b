/** In place of what is different in every object. */
export const NONE = '00000000-0000-4000-8000-000000000000';
export const WHEN = '2026-01-01T00:00:00Z';

/** An entry of `metadata.managedFields`, its members in the order in which they are stored. */
export const managed = (apiVersion: string, fieldsV1: object, manager = 'kcp'): object => ({
  manager,
  operation: 'Update',
  apiVersion,
  time: WHEN,
  fieldsType: 'FieldsV1',
  fieldsV1,
});
