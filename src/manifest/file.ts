/** Bytes of a manifest that a page reads; one of 10,000 files has about 2 million. */
const MOST = 50_000_000;

/** A manifest as it was dropped or chosen. */
export interface IManifestFile {
  readonly name: string;
  /** Null if the file is too large to be read in a page. */
  readonly text: string | null;
}

/** Read a file, but not one that would fill the memory of the page. */
export async function readFile(file: File): Promise<IManifestFile> {
  const text = file.size > MOST ? null : await file.text();
  return { name: file.name, text };
}
