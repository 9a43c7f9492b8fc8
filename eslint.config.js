import js from '@eslint/js';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';
import { byDoor } from './scripts/lint/by-door.mjs';
import { inOneLayer } from './scripts/lint/in-one-layer.mjs';
import { DOORS, LAYERS } from './scripts/lint/layers.mjs';
import { noFlagsInMessages } from './scripts/lint/no-flags-in-messages.mjs';
import { noVagueNames } from './scripts/lint/no-vague-names.mjs';
import { oneWay } from './scripts/lint/one-way.mjs';

const TESTS = ['**/*.test.ts', '**/testing/**/*.ts'];

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      'packages/latentbrush/studio-page/**',
      '**/node_modules/**',
      'bench/.venv/**',
      'packages/engine/src/onnx/schema/onnx_pb.ts',
      '.cache/**',
      'docs/api/**',
      'runs/**',
    ],
  },
  js.configs.recommended,
  {
    plugins: {
      'import-x': importX,
      latentbrush: {
        rules: {
          'no-vague-names': noVagueNames,
          'no-flags-in-messages': noFlagsInMessages,
          'in-one-layer': inOneLayer,
        },
      },
    },
    settings: {
      'import-x/extensions': ['.ts', '.tsx', '.js'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.tsx'] },
      'import-x/resolver-next': [
        createNodeResolver({ conditionNames: ['latentbrush-source', 'node', 'import'] }),
      ],
    },
    rules: {
      eqeqeq: 'error',
      'no-console': 'off',
      'max-lines': ['warn', { max: 400, skipBlankLines: true, skipComments: true }],
      'latentbrush/no-vague-names': 'error',
      'import-x/no-default-export': 'error',
      'import-x/no-unresolved': ['error', { ignore: ['/dist/'] }], // not built yet when lint runs
      'import-x/no-self-import': 'error',
      'import-x/no-cycle': ['error', { ignoreExternal: true }], // installed packages do not import ours
      'import-x/no-restricted-paths': [
        'error',
        {
          zones: [
            ...Object.entries(LAYERS).flatMap(([base, rooms]) => oneWay(base, rooms)),
            ...byDoor(DOORS),
            {
              target: './packages/*/src/**',
              from: './packages/*/src/**/testing/**',
              message: 'Only tests import what is made for tests.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      'no-undef': 'off', // the type check finds these
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-definitions': 'off', // both read well in their place
      '@typescript-eslint/prefer-for-of': 'off', // typed arrays are walked by index
      '@typescript-eslint/no-non-null-assertion': 'off', // needed with noUncheckedIndexedAccess in inner loops
    },
  },
  {
    files: ['packages/*/src/**/*.{ts,tsx}'],
    ignores: TESTS,
    rules: { 'latentbrush/in-one-layer': 'error' },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    ignores: ['packages/latentbrush/src/cli/**', ...TESTS],
    rules: {
      'no-console': 'error', // libraries report by events; only the command line prints
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    ignores: ['packages/latentbrush/src/cli/**', 'packages/studio/**', ...TESTS],
    rules: { 'latentbrush/no-flags-in-messages': 'error' }, // only the command line has flags; the studio shows its commands
  },
  {
    // A gradient rule is written with other operators, whose rules are written with the first: a circle by nature, and a
    // harmless one, since rules are called long after all modules are loaded.
    files: ['packages/engine/src/ops/**/*.ts'],
    rules: { 'import-x/no-cycle': 'off' },
  },
  {
    files: TESTS,
    rules: {
      'import-x/no-restricted-paths': [
        'error',
        { zones: oneWay('packages', LAYERS.packages) }, // a test may use everything of its package
      ],
      'max-lines': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.config.{js,ts}'],
    rules: { 'import-x/no-default-export': 'off' }, // the tools ask for it
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        performance: 'readonly',
        URL: 'readonly',
        AbortController: 'readonly',
      },
    },
  },
);
