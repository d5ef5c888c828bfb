import type {
  Filter,
  IBound,
  IRegionsFilter,
  IValuesFilter,
  Place,
  Value
} from './filters';
import { tokensOf, type IToken } from './tokens';

type Tokens = readonly IToken[];

/**
 * The filters that an expression means: each of its parts that is understood, and the rest as it
 * was written.
 */
export function filtersOf(text: string): Filter[] {
  if (!text.trim()) {
    return [];
  }
  const alone: Filter[] = [{ kind: 'expression', text: text.trim() }];
  const tokens = tokensOf(text);
  const clauses = tokens && split(tokens, 'and');
  if (!clauses || split(tokens, 'or')?.length !== 1) {
    return alone;
  }
  if (clauses.some(clause => clause.length === 0)) {
    return alone;
  }
  return clauses.map(clause => {
    const inner = bare(clause);
    return (
      clauseOf(clause) ?? {
        kind: 'expression',
        text: text.slice(inner[0].at, inner[inner.length - 1].end)
      }
    );
  });
}

/** The parts between a word, outside of all brackets; null where these do not fit. */
function split(tokens: Tokens, word: string): Tokens[] | null {
  const parts: IToken[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    const { kind, value } = token;
    if (kind === 'sign') {
      depth += Number('(['.includes(value)) - Number(')]'.includes(value));
    }
    if (depth < 0) {
      return null;
    }
    if (kind === 'word' && value === word && depth === 0) {
      parts.push([]);
    } else {
      parts[parts.length - 1].push(token);
    }
  }
  return depth === 0 ? parts : null;
}

/** What is within brackets that hold all of it. */
function bare(tokens: Tokens): Tokens {
  let depth = 0;
  const holds =
    tokens.length > 2 &&
    isSign(tokens[0], '(') &&
    tokens.every((token, place) => {
      depth += Number(isSign(token, '(')) - Number(isSign(token, ')'));
      return depth > 0 || place === tokens.length - 1;
    });
  return holds ? bare(tokens.slice(1, -1)) : tokens;
}

function clauseOf(tokens: Tokens): Filter | null {
  const [first] = tokens;
  if (first?.kind === 'word' && first.value === 'not') {
    const inner = clauseOf(tokens.slice(1));
    return inner && (inner.kind === 'values' || inner.kind === 'regions')
      ? { ...inner, not: !inner.not }
      : null;
  }
  const inner = bare(tokens);
  const parts = split(inner, 'or');
  if (!parts || parts.length === 1) {
    return inner === tokens || split(inner, 'and')?.length === 1
      ? (flagOf(inner) ?? valuesIn(inner) ?? rangeIn(inner) ?? callIn(inner))
      : null;
  }
  return joined(parts.map(clauseOf));
}

/** What holds where one of several does, where that is one filter. */
function joined(parts: readonly (Filter | null)[]): Filter | null {
  const [first] = parts;
  if (first?.kind === 'regions') {
    const same = parts.filter(
      (part): part is IRegionsFilter =>
        part?.kind === 'regions' && part.embedding === first.embedding
    );
    const polygons = same.flatMap(part => part.polygons);
    return same.length === parts.length && !same.some(({ not }) => not)
      ? { ...first, polygons }
      : null;
  }
  if (first?.kind === 'values') {
    const same = parts.filter(
      (part): part is IValuesFilter =>
        part?.kind === 'values' && part.column === first.column && !part.not
    );
    return same.length === parts.length
      ? {
          ...first,
          values: [...new Set(same.flatMap(part => part.values))],
          missing: same.some(part => part.missing)
        }
      : null;
  }
  return null;
}

function flagOf(tokens: Tokens): Filter | null {
  return tokens.length === 1 && tokens[0].kind === 'name'
    ? values(tokens[0].value, [true])
    : null;
}

function valuesIn(tokens: Tokens): Filter | null {
  const [name, ...rest] = tokens;
  if (name?.kind !== 'name' || rest.length < 2) {
    return null;
  }
  const { value: column } = name;
  if (rest.length === 2 && rest[0].kind === 'sign') {
    const value = valueOf(rest[1]);
    const not = rest[0].value === '!=';
    return value !== null && (not || rest[0].value === '==')
      ? values(column, [value], not)
      : null;
  }
  const not = rest[0].kind === 'word' && rest[0].value === 'not';
  const [word, open, ...list] = not ? rest.slice(1) : rest;
  if (word?.value !== 'in' || word.kind !== 'word' || !isSign(open, '[')) {
    return null;
  }
  const found: Value[] = [];
  for (const [place, token] of list.slice(0, -1).entries()) {
    const value = valueOf(token);
    if (place % 2 ? !isSign(token, ',') : value === null) {
      return null;
    }
    if (value !== null) {
      found.push(value);
    }
  }
  return isSign(list[list.length - 1], ']') && found.length
    ? values(column, [...new Set(found)], not)
    : null;
}

/** A "not" of the language leaves out what is missing as well. */
function values(
  column: string,
  wanted: readonly Value[],
  not = false
): IValuesFilter {
  return { kind: 'values', column, values: wanted, missing: not, not };
}

function rangeIn(tokens: Tokens): Filter | null {
  const kinds = tokens.map(({ kind }) => kind).join(' ');
  const [first, sign, second, next, third] = tokens;
  if (kinds === 'name sign number') {
    return range(first.value, sign.value, Number(second.value));
  }
  if (kinds === 'number sign name') {
    const mirrored = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' }[sign.value];
    return range(second.value, mirrored ?? '', Number(first.value));
  }
  if (kinds === 'number sign name sign number') {
    const low = boundOf(sign.value, '<', first.value);
    const high = boundOf(next.value, '<', third.value);
    return low && high
      ? { kind: 'range', column: second.value, low, high }
      : null;
  }
  return null;
}

function range(column: string, sign: string, at: number): Filter | null {
  const low = boundOf(sign, '>', at);
  const high = boundOf(sign, '<', at);
  return low || high ? { kind: 'range', column, low, high } : null;
}

function boundOf(
  sign: string,
  wanted: string,
  at: string | number
): IBound | null {
  return sign === wanted || sign === wanted + '='
    ? { at: Number(at), open: sign === wanted }
    : null;
}

/** `missing(column)` and `within(embedding, corners)`. */
function callIn(tokens: Tokens): Filter | null {
  const [word, open, name, ...rest] = tokens;
  if (word?.kind !== 'name' || !isSign(open, '(') || name?.kind !== 'name') {
    return null;
  }
  if (word.value === 'missing') {
    return rest.length === 1 && isSign(rest[0], ')')
      ? { ...values(name.value, []), missing: true }
      : null;
  }
  if (word.value !== 'within' || !isSign(rest[rest.length - 1], ')')) {
    return null;
  }
  const polygon: Place[] = [];
  // Each corner is a comma, a bracket, a number, a comma, a number and a bracket.
  for (let place = 0; place < rest.length - 1; place += 6) {
    const [, , x, , y] = rest.slice(place, place + 6);
    const signs = rest
      .slice(place, place + 6)
      .map(({ kind, value }) => (kind === 'number' ? '0' : value))
      .join('');
    if (signs !== ',(0,0)') {
      return null;
    }
    polygon.push([Number(x.value), Number(y.value)]);
  }
  return polygon.length > 2
    ? {
        kind: 'regions',
        embedding: name.value,
        polygons: [polygon],
        not: false
      }
    : null;
}

function valueOf({ kind, value }: IToken): Value | null {
  if (kind === 'text') {
    return value;
  }
  return kind === 'word' && (value === 'True' || value === 'False')
    ? value === 'True'
    : null;
}

function isSign(token: IToken | undefined, value: string): boolean {
  return token?.kind === 'sign' && token.value === value;
}
