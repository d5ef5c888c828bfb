/** How the UI tests run: each worker with servers of its own, no artefacts unless a test fails. */
const { existsSync } = require('fs');
const base = require('@jupyterlab/galata/lib/playwright-config');

// Each worker has a port for JupyterLab and the next for its demo hub; after them comes that of
// the large catalog, which all read and none changes.
const first = Number(process.env.DATAHUB_UI_TESTS_PORT ?? '8898');
const workers = Number(process.env.DATAHUB_UI_TESTS_WORKERS ?? '1');
const token = 'ui-tests';
const chromium = process.env.DATAHUB_CHROMIUM ?? '/usr/bin/chromium';

module.exports = {
  ...base,
  testDir: './tests',
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  workers,
  // A busy machine may be slower than a page's patience, once; twice in a row is a fault.
  retries: 1,
  timeout: 120_000,
  expect: { ...base.expect, timeout: 15_000 },
  use: {
    ...base.use,
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
  webServer: Array.from({ length: workers }, (_, index) => {
    const port = first + 2 * index;
    return {
      command: 'python serve.py',
      env: {
        DATAHUB_UI_TESTS_PORT: `${port}`,
        DATAHUB_UI_TESTS_MANY_PORT: index === 0 ? `${first + 2 * workers}` : '',
        DATAHUB_UI_TESTS_TOKEN: token
      },
      url: `http://127.0.0.1:${port}/user/me/api/status?token=${token}`,
      timeout: 120_000,
      gracefulShutdown: { signal: 'SIGTERM', timeout: 15_000 },
      reuseExistingServer: !process.env.CI
    };
  })
};
