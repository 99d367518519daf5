// Says at install that Node is too old, in words that an old one can read: nothing here or in build.mjs is newer than Node 14's syntax.
const oldest = 20;
const { node } = process.versions;

if (parseInt(node, 10) < oldest) {
  console.error(`cc-snn: Node ${node} is too old`);
  console.error(`  install it with Node ${oldest} or newer (node --version), then: npm ci`);
  process.exit(1);
}
