/** How the UI tests run: one worker, one server, no artefacts unless a test fails. */
const { existsSync } = require('fs');
const base = require('@jupyterlab/galata/lib/playwright-config');

const port = process.env.DATAHUB_UI_TESTS_PORT ?? '8898';
const chromium = process.env.DATAHUB_CHROMIUM ?? '/usr/bin/chromium';

module.exports = {
  ...base,
  testDir: './tests',
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  workers: 1,
  use: {
    ...base.use,
    baseURL: `http://127.0.0.1:${port}`,
    screenshot: 'only-on-failure',
    trace: 'off',
    // Recording needs an ffmpeg that only Playwright's own browsers bring.
    video: 'off',
    launchOptions: {
      executablePath: existsSync(chromium) ? chromium : undefined,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync'
      ]
    }
  },
  webServer: {
    command: 'python serve.py',
    env: { DATAHUB_UI_TESTS_PORT: port },
    url: `http://127.0.0.1:${port}/lab`,
    timeout: 120_000,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 15_000 },
    reuseExistingServer: !process.env.CI
  }
};
