import type { ConnectionKind } from '../api/models';

/** What a user can show at the door. */
export type Method =
  'password' | 'session' | 'token' | 'key' | 'profile' | 'workspace';

/** The kind of store that connections were made to before there were others. */
export const OPENBIS = 'openbis';

/** What openBIS lets in; a session's token is a token to the server. */
const OF_OPENBIS: readonly Method[] = ['password', 'session', 'token'];

/** What this form can ask for. */
const KNOWN: readonly string[] = [
  'password',
  'key',
  'profile',
  'token',
  'workspace'
] satisfies Method[];

/** What a store of some kind lets in, the usual first. */
export function methodsOf(
  kind: string,
  kinds: readonly ConnectionKind[]
): readonly Method[] {
  if (kind === OPENBIS) {
    return OF_OPENBIS;
  }
  const found = kinds.find(each => each.kind === kind);
  return (found?.methods ?? []).filter((method): method is Method =>
    KNOWN.includes(method)
  );
}

/** An address as one looks like. */
export function exampleOf(
  kind: string,
  kinds: readonly ConnectionKind[]
): string {
  const found = kinds.find(each => each.kind === kind);
  return found?.example || 'https://openbis.example.org';
}
