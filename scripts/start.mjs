// npm start: from a fresh clone to the page on localhost.
import { checkNode, installPackages, root } from './packages.mjs';

checkNode();
installPackages();

const { createServer } = await import('vite');
// Vite goes on to the next port where 5173 is taken.
const server = await createServer({ root, server: { host: 'localhost', port: 5173 } });
await server.listen();
console.log('\n  Guidance Playground');
server.printUrls();
console.log('  Ctrl+C ends it.\n');
