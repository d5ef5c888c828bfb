import type { ConnectionKind } from '../api/models';
import type { IDraft, Method } from './form';

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

/** What is different in the form of another kind of store. */
export function forKind(
  kind: string,
  kinds: readonly ConnectionKind[]
): Partial<IDraft> {
  return { kind, method: methodsOf(kind, kinds)[0] ?? 'token' };
}

/** An address as one looks like. */
export function exampleOf(
  kind: string,
  kinds: readonly ConnectionKind[]
): string {
  const found = kinds.find(each => each.kind === kind);
  return found?.example || 'https://openbis.example.org';
}
