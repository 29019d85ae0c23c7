// The daemons under PM2: `npm run build`, then `pm2 start ecosystem.config.cjs --only neurond-miner`.
// Settings are in config/<app>.yaml and in the environment; PM2 itself is the operator's to install.
const { join } = require("node:path");

const daemon = (app) => ({
  name: `neurond-${app}`,
  cwd: __dirname,
  script: join("apps", app, "dist", "main.js"),
  args: join("config", `${app}.yaml`),
  // The Node that the workspace pins; PM2's own may be an older one.
  interpreter: join(__dirname, "node_modules", "node", "bin", "node"),
  // A daemon says when it accepts work, and needs a while to finish what it has promised.
  wait_ready: true,
  listen_timeout: 60_000,
  kill_timeout: 15_000,
  // It ends when only a restart helps, and then at once again only if that did not.
  exp_backoff_restart_delay: 200,
  max_memory_restart: "1G",
  merge_logs: true,
});

// What is under way at the door is finished first: longer than `server.drainSec`.
const proxy = { ...daemon("reverse-proxy"), kill_timeout: 45_000 };

// Uploads under way get some seconds to end.
const storageApi = { ...daemon("storage-api"), kill_timeout: 25_000 };

module.exports = {
  apps: [...["validator", "miner", "auditor"].map(daemon), proxy, storageApi],
};
