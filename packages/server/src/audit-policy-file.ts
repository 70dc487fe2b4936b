import { parseYaml } from '@kcp/apiserver';
import { parsePolicy, PolicyError, type Policy } from '@kcp/audit';
import { readOptionFile } from './option-file.ts';

/** Reads the file of an audit policy, YAML or JSON. Rejects with OptionFileError, which names the file. */
export function readAuditPolicy(file: string): Promise<Policy> {
  return readOptionFile(file, (bytes) => {
    const { value, duplicates } = parseYaml(bytes.toString('utf8'));
    if (duplicates.length > 0) throw new PolicyError(`strict decoding error: ${duplicates.join(', ')}`);
    return parsePolicy(value);
  });
}
