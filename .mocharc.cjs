// How the suite runs: files side by side, one a core but at least two, since most of them wait for processes that they started.
const { availableParallelism } = require('node:os');

module.exports = {
  spec: ['dist/test/**/*.test.js'],
  timeout: 120000,
  reporter: './scripts/count-reporter.cjs',
  forbidOnly: true,
  parallel: true,
  jobs: Math.min(8, Math.max(2, availableParallelism())),
};
