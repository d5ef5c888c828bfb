/** Arrays packed as the server does. */
export function packed(
  header: object,
  arrays: {
    [name: string]: Uint8Array | Uint16Array | Uint32Array | Float32Array;
  }
): ArrayBuffer {
  let offset = 0;
  const told = Object.entries(arrays).map(([name, array]) => {
    const { byteLength: length } = array;
    const one = {
      name,
      dtype: array.constructor.name.replace('Array', '').toLowerCase(),
      shape: [array.length],
      offset,
      length
    };
    offset += Math.ceil(length / 8) * 8;
    return one;
  });
  const text = JSON.stringify({ ...header, arrays: told });
  const long = Math.ceil((8 + text.length) / 8) * 8 - 8;
  const buffer = new ArrayBuffer(8 + long + offset);
  const bytes = new Uint8Array(buffer);
  const lead = 'DHA1\0\0\0\0' + text.padEnd(long);
  for (let place = 0; place < lead.length; place++) {
    bytes[place] = lead.charCodeAt(place);
  }
  new DataView(buffer).setUint32(4, long, true);
  Object.values(arrays).forEach((array, index) => {
    const { byteOffset, byteLength } = array;
    const from = new Uint8Array(array.buffer, byteOffset, byteLength);
    bytes.set(from, 8 + long + told[index].offset);
  });
  return buffer;
}

export const KEY = 'state';

/** Three cells in a corner each, and one that is nowhere. */
export function points(change: object = {}): ArrayBuffer {
  return packed(
    {
      kind: 'points',
      key: KEY,
      embedding: 'X_umap',
      cells: 4,
      points: 4,
      x: [-10, 10],
      y: [0, 20],
      ...change
    },
    {
      x: Uint16Array.of(0, 65534, 32767, 65535),
      y: Uint16Array.of(0, 0, 65534, 65535)
    }
  );
}

/** Two of one category, one of another, one of none. */
export function categories(change: object = {}): ArrayBuffer {
  return packed(
    {
      kind: 'categories',
      key: KEY,
      by: 'cell_type',
      points: 4,
      categories: ['B cell', 'T cell'],
      counts: [1, 2],
      colours: [],
      missing: 1,
      ...change
    },
    { codes: Uint8Array.of(1, 1, 0, 255) }
  );
}

export function numbers(change: object = {}): ArrayBuffer {
  return packed(
    {
      kind: 'numbers',
      key: KEY,
      by: 'n_genes',
      points: 4,
      range: [1, 3],
      missing: 1,
      ...change
    },
    { values: Float32Array.of(1, 2, 3, NaN) }
  );
}
