import type { TranslationBundle } from '@jupyterlab/translation';

/** What a manifest holds, or why it is none. */
export interface IManifest {
  /** What is wrong with it; empty where nothing is. */
  readonly problem: string;
  /** Files, each once. */
  readonly files: number;
  /** Bytes of the files whose size it says. */
  readonly size: number;
  /** Files whose size it does not say. */
  readonly unsized: number;
}

/** What entries call the identifier of a file; the first is gen3-client's. */
const IDS = ['object_id', 'guid', 'did'];
const SIZES = ['file_size', 'size'];

/** Look through the text of a manifest, so that its cost is known before it is spent. */
export function readManifest(
  text: string | null,
  trans: TranslationBundle
): IManifest {
  const wrong = (problem: string): IManifest => ({
    problem,
    files: 0,
    size: 0,
    unsized: 0
  });
  if (text === null) {
    return wrong(
      trans.__(
        'This file is larger than 50 MB. Fetch its files in a terminal: jupyter datahub get --manifest FILE --source NAME.'
      )
    );
  }
  let entries: unknown;
  try {
    entries = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return wrong(trans.__('This manifest is not JSON.'));
  }
  if (!Array.isArray(entries)) {
    return wrong(trans.__('This is no manifest: it is no list of files.'));
  }
  if (entries.length === 0) {
    return wrong(trans.__('This manifest is empty.'));
  }
  const sizes = new Map<string, number | null>();
  for (const [index, entry] of entries.entries()) {
    const id = isRecord(entry)
      ? IDS.map(name => entry[name]).find(value => Boolean(value))
      : undefined;
    if (!isRecord(entry) || typeof id !== 'string') {
      return wrong(
        trans.__('Entry %1 of this manifest has no object_id.', index + 1)
      );
    }
    if (!sizes.has(id.trim())) {
      sizes.set(id.trim(), sizeOf(entry));
    }
  }
  const known = [...sizes.values()].filter(size => size !== null);
  return {
    problem: '',
    files: sizes.size,
    size: known.reduce((sum, size) => sum + size, 0),
    unsized: sizes.size - known.length
  };
}

function sizeOf(entry: { [name: string]: unknown }): number | null {
  const said = SIZES.map(name => entry[name]).find(
    value => value !== undefined && value !== null && value !== ''
  );
  const size = said === undefined ? NaN : Number(said);
  return Number.isFinite(size) && size >= 0 ? size : null;
}

function isRecord(value: unknown): value is { [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
