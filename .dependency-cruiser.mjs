/**
 * Who may call whom, from top to bottom: a module imports only modules above it in this list. `decisions` stands first,
 * because everyone records in their own transaction and it calls nobody; whoever only listens stands last.
 */
const modules = [
  'decisions',
  'organizations',
  'access',
  'agents',
  'capabilities',
  'chains',
  'wallets',
  'health',
  'payments',
  'assignment',
  'runtime',
]

const upwards = modules.map((name, position) => ({
  name: `${name}-looks-down`,
  comment: `${name} may only import modules above it: what is below is reached by an event or by a function wired in app.ts.`,
  severity: 'error',
  from: { path: `^server/src/modules/${name}/` },
  to: { path: `^server/src/modules/(${modules.slice(position + 1).join('|') || 'none'})/` },
}))

export default {
  forbidden: [
    ...upwards,
    {
      name: 'front-door',
      comment: 'A module is entered through its index.ts; what is behind it may change without anyone noticing.',
      severity: 'error',
      from: { path: '^server/src/(?:modules/([^/]+)/|[^/]+[.]ts$)', pathNot: '[.]test[.]ts$' },
      to: {
        path: '^server/src/modules/([^/]+)/',
        pathNot: ['^server/src/modules/$1/', '^server/src/modules/[^/]+/index[.]ts$'],
      },
    },
    {
      name: 'unknown-module',
      comment: 'A new module takes its place in the list above, so that everyone sees who may call it.',
      severity: 'error',
      from: {},
      to: { path: '^server/src/modules/', pathNot: `^server/src/modules/(${modules.join('|')})/` },
    },
    {
      name: 'platform-knows-no-module',
      comment: 'The platform serves every module alike; knowing one would close a circle.',
      severity: 'error',
      from: { path: '^server/src/platform/', pathNot: '[.]test[.]ts$' },
      to: { path: '^server/src/(modules|embedded|demo)/' },
    },
    {
      name: 'rules-are-pure',
      comment:
        'rules.ts computes: no database, no HTTP, no clock, so that a verdict can be made again from its record.',
      severity: 'error',
      from: { path: '^server/src/modules/.+/(rules|headroom|windows|consistency)[.]ts$' },
      to: {
        path: '^server/src/platform/(database|http|jobs|events)|/(store|service|routes)[.]ts$|node_modules/(pg|fastify)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'sql-in-stores',
      comment: 'SQL is in one layer: only a store (and the platform) names statements.',
      severity: 'error',
      from: { path: '^server/src/modules/', pathNot: '(store|store/[a-z-]+|[.]test)[.]ts$' },
      to: { path: '^server/src/platform/database/statement[.]ts$' },
    },
    {
      name: 'demo-is-a-client',
      comment: 'The demo shows what anyone can do over HTTP: it uses nothing of ours.',
      severity: 'error',
      from: { path: '^server/src/demo/', pathNot: '[.]test[.]ts$' },
      to: { path: '^server/src/(?!demo/)' },
    },
    {
      name: 'cli-stands-alone',
      comment: 'Who checks the log must not believe what wrote it: the cli shares formats with the server, no code.',
      severity: 'error',
      from: { path: '^cli/' },
      to: { path: '^(server|database|console|sdk|bench|scripts)/' },
    },
    {
      name: 'no-circles',
      comment: 'Two files that need each other are one file, or miss a third.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'tests-stay-outside',
      comment: 'What runs in production imports no test and no development dependency.',
      severity: 'error',
      from: { path: '^(server/src|database/tools/migrate)', pathNot: '([.]test|/testing)[.]ts$' },
      to: { path: '[.]test[.]ts$|^server/test/', dependencyTypes: ['local', 'npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
    tsConfig: { fileName: 'tsconfig.json' },
  },
}
