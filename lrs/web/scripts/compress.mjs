// Writes FILE.br and FILE.gz beside each file of the build from which much can be saved, and beside each script, for the
// program holds scripts compressed alone.

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const LEAST = 1024;
const TEXTS = /\.(js|css|html|svg|json|txt)$/;

/** All files in a folder and below it. */
export function files(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

export function compress() {
  let folder = 'dist';
  return {
    name: 'compress',
    apply: 'build',
    configResolved(config) {
      folder = config.build.outDir;
    },
    closeBundle() {
      for (const path of files(folder).filter((path) => TEXTS.test(path))) {
        const text = readFileSync(path);
        if (text.length < LEAST && !path.endsWith('.js')) continue;
        const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
        writeFileSync(`${path}.br`, brotliCompressSync(text, { params }));
        writeFileSync(`${path}.gz`, gzipSync(text, { level: 9 }));
      }
    },
  };
}
