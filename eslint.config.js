import tseslint from 'typescript-eslint';

/** Names that a workflow may not touch: they differ between a run and its replay. */
const NOT_IN_WORKFLOWS = ['process', 'setImmediate', 'fetch', 'Buffer'].map((name) => ({
  name,
  message: 'Workflow code is replayed: no process state, no I/O.',
}));

export default tseslint.config(
  { ignores: ['node_modules', 'dist', '.one-matter', 'coverage', '.dependency-cruiser.cjs'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-console': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ExportDefaultDeclaration',
          message: 'Named exports only, except where a tool asks for a default.',
        },
        { selector: 'TSEnumDeclaration', message: 'Use a string union.' },
      ],
      eqeqeq: 'error',
    },
  },
  { files: ['**/vitest.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['workflows/**/*.ts', 'domain/**/*.ts'],
    rules: { 'no-restricted-globals': ['error', ...NOT_IN_WORKFLOWS] },
  },
  {
    // What a person reads on a terminal is printed there.
    files: ['cli/**/*.ts', 'sandbox/**/*.ts', 'bench/**/*.ts', 'test/run.ts', 'test/faults/main.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    // Tests build wrong values on purpose and read what comes over the wire.
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      // A scripted answer is given at once where the real one is waited for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/consistent-type-assertions': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
