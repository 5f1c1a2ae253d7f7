// Builds the page into src/http/graphiql/ of the server: index.html and, compressed, its script, its styles and the
// licences of what the script contains. The same sources give the same bytes on every machine. With --check nothing is
// written: the build is compared with the files that are there.
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { gzip as deflate } from 'pako';

const here = fileURLToPath(new URL('.', import.meta.url));
const target = join(here, '../../src/http/graphiql');

/** All files of the page, by name. */
async function page() {
  const { script, styles, inputs } = await bundle();
  const html = (await readFile(join(here, 'src/index.html'), 'utf8'))
    .replace('{{js}}', fingerprint(script))
    .replace('{{css}}', fingerprint(styles));
  return new Map([
    ['index.html', Buffer.from(html)],
    ['graphiql.js.gz', gzip(script)],
    ['graphiql.css.gz', gzip(styles)],
    ['licenses.txt.gz', gzip(Buffer.from(await licenses(inputs)))],
  ]);
}

async function bundle() {
  const { outputFiles, metafile } = await build({
    absWorkingDir: here,
    entryPoints: ['src/main.jsx'],
    outdir: 'out',
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'iife',
    target: ['chrome111', 'firefox115', 'safari16.4'],
    jsx: 'automatic',
    charset: 'utf8',
    legalComments: 'none',
    banner: { js: '/*! Licences of the packages in this file: /graphiql/licenses.txt */' },
    define: { 'process.env.NODE_ENV': '"production"' },
    loader: { '.graphql': 'text' },
    alias: { 'react-style-singleton': './src/adopted-styles.jsx' },
    plugins: [systemFonts],
  });
  const find = (ending) => Buffer.from(outputFiles.find((file) => file.path.endsWith(ending)).contents);
  const output = Object.values(metafile.outputs).find((entry) => entry.entryPoint);
  const inputs = Object.keys(output.inputs).filter((input) => output.inputs[input].bytesInOutput > 0);
  return { script: find('.js'), styles: find('.css'), inputs };
}

/** GraphiQL's styles carry 360 kB of fonts; without them the page uses the fonts of the system. */
const systemFonts = {
  name: 'system-fonts',
  setup({ onLoad }) {
    onLoad({ filter: /graphiql[\\/]dist[\\/]style\.css$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll(/@font-face\s*{[^}]*}/g, ''),
      loader: 'css',
    }));
  },
};

/** The licence texts of the packages among `inputs`; packages with the same text stand together. */
async function licenses(inputs) {
  const folders = new Set(['node_modules/graphiql']);
  for (const input of inputs) {
    const folder = input.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0];
    if (folder) folders.add(folder);
  }
  const packages = new Map();
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(await readFile(join(here, folder, 'package.json'), 'utf8'));
    const file = (await readdir(join(here, folder))).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? (await readFile(join(here, folder, file), 'utf8')).replaceAll('\r\n', '\n').trim() : license;
    packages.set(text, [...(packages.get(text) ?? []), `${name} ${version}`]);
  }
  return [...packages]
    .map(([text, names]) => `${[...new Set(names)].sort().join('\n')}\n\n${text}\n`)
    .sort()
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** Compressed by a JavaScript library and without a time: zlib's output differs between processors. */
function gzip(content) {
  return Buffer.from(deflate(content, { level: 9 }));
}

function fingerprint(content) {
  return createHash('sha256').update(content).digest('hex').slice(0, 12);
}

async function check(files) {
  const stale = [];
  for (const [name, content] of files) {
    const present = await readFile(join(target, name)).catch(() => undefined);
    if (!present?.equals(content)) stale.push(name);
  }
  if (stale.length > 0) {
    console.error(`not the build of these sources: ${stale.join(', ')}; run npm run build`);
    process.exit(1);
  }
  console.log(`${files.size} files are the build of these sources`);
}

const files = await page();
if (process.argv.includes('--check')) {
  await check(files);
} else {
  await mkdir(target, { recursive: true });
  for (const [name, content] of files) {
    await writeFile(join(target, name), content);
    console.log(`${String(content.length).padStart(8)}  ${name}`);
  }
}
