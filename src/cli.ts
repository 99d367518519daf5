#!/usr/bin/env node
/** Arguments → runner calls; exit codes. The only file that knows both process.argv and the runner. */
process.exitCode = 2;
