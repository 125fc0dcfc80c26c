// Runs the prepared server on a free port of 127.0.0.1 until its standard input ends.
//
//   node serve.mjs FOLDER      (FOLDER is what prepare_second_server.py made)
//
// Standard input takes one request of the administrator per line, {method, path, body}, and
// standard output answers each with one line, {status, body}; the first line is {address} or
// {error}. So the test process needs no socket of its own to reset the server, and when it dies,
// however it dies, standard input ends and nothing is left running. Everything is kept in memory
// and in the temporary folder of the system (TMPDIR).

import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

const SECONDS_TO_STOP = 5;

const folder = process.argv[2];
const server = join(folder, "node_modules", "zotero-selfhost-server");
const { Miniflare } = createRequire(join(folder, "package.json"))("miniflare");
// Plain JSON in spite of its name; a comment in a later version would be told as a syntax error.
const config = JSON.parse(readFileSync(join(server, "wrangler.compatibility.jsonc"), "utf-8"));
const adminToken = randomBytes(16).toString("hex");
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const modules = () => {
  const bundle = join(folder, "worker");
  const kinds = { js: "ESModule", wasm: "CompiledWasm" };
  return readdirSync(bundle)
    .map((name) => ({ type: kinds[name.split(".").pop()], path: join(bundle, name) }))
    .filter((module) => module.type !== undefined)
    .sort((one, two) => Number(two.path.endsWith("index.js")) - Number(one.path.endsWith("index.js")));
};

const miniflare = new Miniflare({
  host: "127.0.0.1",
  port: 0,
  cf: false, // Otherwise it asks a public service where on earth it is.
  modules: modules(),
  modulesRoot: join(folder, "worker"),
  compatibilityDate: config.compatibility_date,
  compatibilityFlags: config.compatibility_flags,
  bindings: {
    ...config.vars,
    COMPATIBILITY_TEST_ADMIN_TOKEN: adminToken,
    COMPATIBILITY_TEST_API_KEY: process.env.SECOND_SERVER_API_KEY,
    FILE_URL_SIGNING_SECRET: randomBytes(16).toString("hex"),
  },
  d1Databases: config.d1_databases.map((database) => database.binding),
  r2Buckets: config.r2_buckets.map((bucket) => bucket.binding),
  durableObjects: Object.fromEntries(
    config.durable_objects.bindings.map((one) => [
      one.name,
      { className: one.class_name, useSQLite: true },
    ])
  ),
  // The worker's own messages go with ours, away from the answers.
  handleRuntimeStdio: (out, err) => {
    out.pipe(process.stderr);
    err.pipe(process.stderr);
  },
});

let stopping = false;

// The process group is this process and the worker it started.
const endGroup = () => {
  try {
    process.kill(-process.pid, "SIGKILL");
  } catch {
    process.exit(1);
  }
};

const stop = async () => {
  if (stopping) return;
  stopping = true;
  setTimeout(endGroup, SECONDS_TO_STOP * 1000).unref();
  await miniflare.dispose().catch(() => undefined);
  process.exit(0);
};

const migrate = async () => {
  const database = await miniflare.getD1Database(config.d1_databases[0].binding);
  const migrations = join(server, config.d1_databases[0].migrations_dir);
  for (const name of readdirSync(migrations).filter((one) => one.endsWith(".sql")).sort()) {
    const text = readFileSync(join(migrations, name), "utf-8").replace(/--.*$/gm, "");
    const statements = text.split(/;\s*$/m).map((one) => one.trim()).filter((one) => one !== "");
    await database.batch(statements.map((one) => database.prepare(one)));
  }
};

const administrate = async ({ method, path, body }) => {
  const answer = await miniflare.dispatchFetch(`http://127.0.0.1${path}`, {
    method,
    body: body ?? undefined,
    headers: { "X-Selfhost-Test-Token": adminToken },
  });
  return { status: answer.status, body: await answer.text() };
};

process.on("SIGTERM", stop);
process.on("SIGINT", stop);
// Read from the first moment, so that an owner who dies while we start is noticed too.
const lines = createInterface({ input: process.stdin });
const ready = miniflare.ready.then(async (address) => {
  await migrate();
  return address;
});
let previous = ready;
lines.on("close", stop);
lines.on("line", (line) => {
  previous = previous.then(() => administrate(JSON.parse(line))).then(say, (problem) =>
    say({ error: String(problem) })
  );
});
ready.then(
  (address) => say({ address: String(address).replace(/\/$/, "") }),
  (problem) => {
    say({ error: String(problem?.stack ?? problem) });
    stop();
  }
);
