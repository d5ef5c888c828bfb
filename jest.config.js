const jestJupyterLab = require('@jupyterlab/testutils/lib/jest-config');

// Packages that ship as ES modules only, which jest has to translate.
const esModules = [
  '@codemirror',
  '@jupyter/react-components',
  '@jupyter/web-components',
  '@jupyter/ydoc',
  '@jupyterlab/',
  '@microsoft',
  '@rjsf',
  'exenv-es6',
  'lib0',
  'lodash-es',
  'marked',
  'nanoid',
  'vscode-ws-jsonrpc',
  'y-protocols',
  'y-websocket',
  'yjs'
].join('|');

const base = jestJupyterLab(__dirname);

module.exports = {
  ...base,
  collectCoverageFrom: [
    'src/**/*.{ts,tsx}',
    '!src/**/*.d.ts',
    '!src/**/__tests__/*',
    '!src/api/types.ts'
  ],
  coverageReporters: ['text-summary', 'lcov'],
  modulePathIgnorePatterns: [
    '<rootDir>/jupyterlab_datahub',
    '<rootDir>/ui-tests',
    '<rootDir>/\\.venv'
  ],
  reporters: ['default'],
  testRegex:
    'src/.*/__tests__/.*\\.spec\\.tsx?$|src/__tests__/.*\\.spec\\.tsx?$',
  transformIgnorePatterns: [`/node_modules/(?!(${esModules})).+`]
};
