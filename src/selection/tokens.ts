/** What a word of an expression over obs is. */
export interface IToken {
  readonly kind: 'name' | 'word' | 'number' | 'text' | 'sign';
  /** Without the quotes of a name or a text. */
  readonly value: string;
  readonly at: number;
  readonly end: number;
}

const WORDS = new Set(['and', 'or', 'not', 'in', 'True', 'False']);
const PLAIN = /^[\p{L}_][\p{L}\p{N}\p{M}_.]*$/u;
const PATTERN =
  /(?<space>\s+)|(?<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\p{L}\p{N}_.]))|(?<name>[\p{L}_][\p{L}\p{N}\p{M}_.]*)|(?<quoted>`(?:[^`]|``)+`)|(?<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?<sign>==|!=|<=|>=|[<>()[\],])/suy;

/** Cut an expression into its words; null where something in it is none. */
export function tokensOf(text: string): IToken[] | null {
  const found: IToken[] = [];
  let at = 0;
  while (at < text.length) {
    PATTERN.lastIndex = at;
    const groups = PATTERN.exec(text)?.groups;
    if (!groups) {
      return null;
    }
    const end = PATTERN.lastIndex;
    const { number, name, quoted, text: quote, sign } = groups;
    if (number !== undefined) {
      found.push({ kind: 'number', value: number, at, end });
    } else if (name !== undefined) {
      const kind = WORDS.has(name) ? 'word' : 'name';
      found.push({ kind, value: name, at, end });
    } else if (quoted !== undefined) {
      const value = quoted.slice(1, -1).replace(/``/g, '`');
      found.push({ kind: 'name', value, at, end });
    } else if (quote !== undefined) {
      const value = quote.slice(1, -1).replace(/\\([\\'"])/g, '$1');
      found.push({ kind: 'text', value, at, end });
    } else if (sign !== undefined) {
      found.push({ kind: 'sign', value: sign, at, end });
    }
    at = end;
  }
  return found;
}

/** The name of a column or an embedding as an expression has it. */
export function nameText(name: string): string {
  return PLAIN.test(name) && !WORDS.has(name)
    ? name
    : '`' + name.replace(/`/g, '``') + '`';
}

/** A value as an expression has it. */
export function valueText(value: string | boolean): string {
  if (typeof value === 'boolean') {
    return value ? 'True' : 'False';
  }
  return `'${value.replace(/[\\']/g, '\\$&')}'`;
}
