import { StreamLanguage } from '@codemirror/language';

interface IState {
  /** Whether it is within a text of several lines. */
  block: boolean;
  /** Brackets that are open. */
  depth: number;
}

const KEYWORDS = /^(?:query|mutation|subscription|fragment|on)$/;
const ATOMS = /^(?:true|false|null)$/;

/** The colours and brackets of GraphQL, which JupyterLab does not know. */
export const graphqlLanguage = StreamLanguage.define<IState>({
  name: 'graphql',
  startState: () => ({ block: false, depth: 0 }),
  token(stream, state) {
    if (state.block) {
      state.block = !stream.match(/^.*?"""/);
      if (state.block) {
        stream.skipToEnd();
      }
      return 'string';
    }
    if (stream.eatSpace()) {
      return null;
    }
    if (stream.match(/^#.*/)) {
      return 'comment';
    }
    if (stream.match('"""')) {
      state.block = true;
      return 'string';
    }
    if (stream.match(/^"(?:\\.|[^"\\])*(?:"|$)/)) {
      return 'string';
    }
    if (stream.match(/^[$@][A-Za-z_]\w*/)) {
      return 'variableName.special';
    }
    if (stream.match(/^-?\d[\w.+-]*/)) {
      return 'number';
    }
    const word = stream.match(/^[A-Za-z_]\w*/, true);
    if (word) {
      const text = stream.current();
      return KEYWORDS.test(text)
        ? 'keyword'
        : ATOMS.test(text)
          ? 'atom'
          : stream.match(/^\s*:/, false)
            ? 'attributeName'
            : 'propertyName';
    }
    const sign = stream.next() ?? '';
    if ('{(['.includes(sign)) {
      state.depth++;
    } else if ('})]'.includes(sign)) {
      state.depth = Math.max(0, state.depth - 1);
    }
    return 'punctuation';
  },
  indent: ({ depth }, textAfter, { unit }) =>
    Math.max(0, depth - (/^\s*[})\]]/.test(textAfter) ? 1 : 0)) * unit,
  languageData: {
    commentTokens: { line: '#' },
    closeBrackets: { brackets: ['(', '[', '{', '"'] },
    indentOnInput: /^\s*[})\]]$/
  }
});
