import js from '@eslint/js';
import jupyter from '@jupyter/eslint-plugin';
import prettier from 'eslint-config-prettier';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig } from 'eslint/config';
import globals from 'globals';
import tseslint from 'typescript-eslint';

export default defineConfig([
  {
    ignores: [
      '**/node_modules/',
      '**/test-results/',
      '.venv*/',
      'coverage/',
      'jupyterlab_datahub/',
      'lib/',
      // Generated from docs/openapi.json.
      'src/api/types.ts'
    ]
  },
  { files: ['**/*.{js,mjs,ts,tsx}'], extends: [js.configs.recommended] },
  { plugins: { jupyter } },
  jupyter.configs.recommended,
  {
    files: ['**/*.js'],
    languageOptions: { globals: globals.node, sourceType: 'commonjs' }
  },
  {
    files: ['style/*.js'],
    languageOptions: { sourceType: 'module' }
  },
  {
    files: ['src/**/*.ts', 'src/**/*.tsx'],
    extends: [
      tseslint.configs.recommendedTypeChecked,
      jsxA11y.flatConfigs.recommended,
      reactHooks.configs['recommended-latest']
    ],
    languageOptions: {
      globals: globals.browser,
      parserOptions: { project: 'tsconfig.json' }
    },
    rules: {
      // The naming convention of JupyterLab's own interfaces.
      '@typescript-eslint/naming-convention': [
        'error',
        {
          selector: 'interface',
          format: ['PascalCase'],
          custom: { regex: '^I[A-Z]', match: true }
        }
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      // JupyterLab declares a token and its interface under one name.
      '@typescript-eslint/no-redeclare': 'off',
      // A rejected event handler is reported by its own code, never awaited by React or Lumino.
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: false }
      ],
      // Lumino's signals take a method and its owner apart.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }
      ],
      curly: ['error', 'all'],
      eqeqeq: 'error',
      'no-console': 'error',
      'prefer-arrow-callback': 'error'
    }
  },
  {
    files: ['src/**/__tests__/**'],
    rules: {
      // The data of a test is shown to nobody.
      'jupyter/no-untranslated-string': 'off'
    }
  },
  {
    files: ['ui-tests/**/*.ts'],
    extends: [tseslint.configs.recommended],
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      // Playwright reads the names of the fixtures from the pattern, so none is an empty one.
      'no-empty-pattern': ['error', { allowObjectPatternsAsParameters: true }]
    }
  },
  prettier
]);
