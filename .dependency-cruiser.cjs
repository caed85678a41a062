/**
 * Who may import whom (docs/architecture.md). Folders not named in a rule's `to` may not be imported from its `from`.
 */
const CODE =
  'domain|contract|workflows|activities|agencies|exchange|identity|runtime|db|api|worker|watcher|cli|sandbox|web|test|bench';

/** @param {string} from @param {string[]} may folders of ours that `from` may import (itself always) */
const only = (from, may, extra = {}) => ({
  name: `${from}-imports-only-${may.join('-') || 'itself'}`,
  severity: 'error',
  from: { path: `^${from}/`, ...extra.from },
  to: { path: `^(${CODE})/`, pathNot: `^(${[from, ...may].join('|')})/`, ...extra.to },
});

/** @param {string} from @param {string[]} packages npm packages that `from` may import values of */
const packages = (from, packages) => ({
  name: `${from}-packages`,
  severity: 'error',
  from: { path: `^${from}/` },
  to: {
    dependencyTypes: ['npm', 'npm-dev'],
    dependencyTypesNot: ['type-only'],
    pathNot: `node_modules/(${packages.join('|')})/`,
  },
});

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    only('domain', []),
    only('workflows', ['domain'], { to: { dependencyTypesNot: ['type-only'] } }),
    only('agencies', ['domain']),
    only('contract', ['domain', 'agencies']),
    only('db', ['domain']),
    only('runtime', ['domain', 'db']),
    only('exchange', ['domain', 'agencies', 'db', 'runtime']),
    only('identity', ['domain', 'agencies', 'db', 'runtime']),
    only('activities', ['domain', 'agencies', 'db', 'exchange']),
    only('api', ['domain', 'contract', 'agencies', 'db', 'exchange', 'identity', 'runtime']),
    only('watcher', ['domain', 'db', 'runtime', 'workflows']),
    only('worker', ['domain', 'agencies', 'db', 'exchange', 'runtime', 'activities', 'workflows']),
    only('cli', ['domain', 'contract', 'db', 'agencies', 'runtime', 'api', 'worker', 'watcher', 'sandbox']),
    only('sandbox', ['domain', 'db', 'agencies', 'runtime', 'api', 'worker', 'watcher', 'workflows']),
    {
      name: 'no-rings-of-folders',
      severity: 'error',
      scope: 'folder',
      from: { path: `^(${CODE})`, pathNot: '^(sandbox|test|bench)' },
      to: { circular: true },
    },
    {
      name: 'an-image-has-no-sandbox',
      comment: 'The command line runs there too: it loads the sandbox only when `up` is asked for.',
      severity: 'error',
      from: { path: '^cli/' },
      to: { path: '^sandbox/', dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'workflows-take-only-the-pure-core',
      comment: 'What is bundled with the workflow: no zod, no YAML, no expressions, no Node.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^domain/', pathNot: '^domain/case/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'contract-takes-only-the-messages-of-the-protocol',
      comment: 'A browser bundles it: no signatures, no sockets. test/contract/bundle.test.ts looks into the bundle.',
      severity: 'error',
      from: { path: '^contract/' },
      to: { path: '^agencies/', pathNot: '^agencies/contract\\.ts$' },
    },
    {
      name: 'engine-is-alone',
      severity: 'error',
      from: { path: '^domain/case/' },
      to: { pathNot: '^domain/case/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'watcher-runs-no-worker',
      comment: 'It reports that workers are missing, so it needs nothing that they need.',
      severity: 'error',
      from: { path: '^watcher/' },
      to: { path: 'node_modules/@temporalio/(worker|workflow|activity)/', reachable: true },
    },
    packages('contract', ['zod']),
    packages('workflows', ['@temporalio/workflow', '@temporalio/common']),
    packages('agencies', ['zod', 'standardwebhooks', 'undici']),
    packages('runtime', ['pg', 'pino', 'prom-client', 'zod']),
    packages('exchange', []),
    packages('db', ['pg', 'node-pg-migrate', 'zod', 'uuid']),
    packages('activities', ['@temporalio/activity', '@temporalio/common']),
    {
      name: 'no-node-in-workflows',
      severity: 'error',
      from: { path: '^(workflows|domain/case)/' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|\\.one-matter)/' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
