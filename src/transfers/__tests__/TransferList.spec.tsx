import { act, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';

import { FakeServer, settle } from '../../api/__tests__/server';
import type { Transfer } from '../../api/models';
import { Stage } from '../../browser/__tests__/stage';
import { TransferList } from '../TransferList';
import { transfer } from './records';

describe('TransferList', () => {
  let server: FakeServer;
  let stage: Stage;

  function show(...transfers: Transfer[]): void {
    server = new FakeServer();
    stage = new Stage(server.client);
    transfers.forEach(item => stage.hub.transfers.accept(item));
    stage.render(<TransferList />);
  }

  const plain = (text: string | null): string =>
    (text ?? '').replace(/\u00a0/g, ' ');

  it('teaches when there is nothing', () => {
    show();
    expect(screen.getByText(/Nothing is on its way/)).toBeTruthy();
  });

  it('shows how far, how fast and how long', () => {
    show(transfer());
    const bar = screen.getByRole('progressbar', {
      name: 'Tabula Sapiens - Lung'
    });
    expect(bar.getAttribute('aria-valuenow')).toBe('62');
    expect(plain(bar.getAttribute('aria-valuetext'))).toBe(
      '62% · 868 MB of 1.4 GB · 41 MB/s · 14 s left'
    );
  });

  it('shows a bar without a number where the size is not known', () => {
    show(transfer({ size: null, remaining: null }));
    const bar = screen.getByRole('progressbar');
    expect(bar.hasAttribute('aria-valuenow')).toBe(false);
    expect(plain(bar.getAttribute('aria-valuetext'))).toBe('868 MB · 41 MB/s');
  });

  it('says what a transfer waits for', () => {
    show(transfer({ state: 'queued', note: 'host asked to wait 12 s' }));
    expect(screen.getByText('host asked to wait 12 s')).toBeTruthy();
  });

  it.each([
    ['running', 'Pause Tabula Sapiens - Lung', 'pause'],
    ['paused', 'Resume Tabula Sapiens - Lung', 'resume'],
    ['running', 'Cancel Tabula Sapiens - Lung', 'cancel'],
    ['failed', 'Download Tabula Sapiens - Lung again', 'retry'],
    ['cancelled', 'Download Tabula Sapiens - Lung again', 'retry']
  ] as const)('when %s, “%s” asks for %s', async (state, name, action) => {
    show(transfer({ state }));
    await userEvent.click(screen.getByRole('button', { name }));
    await act(settle);
    const request = server.next();
    expect(request.route).toBe('PATCH transfers/t1');
    expect(JSON.parse(request.body)).toEqual({ action });
  });

  it('loads what is done', async () => {
    show(transfer({ state: 'done' }));
    await userEvent.click(
      screen.getByRole('button', {
        name: 'Load Tabula Sapiens - Lung into the notebook'
      })
    );
    expect(stage.calls).toEqual([
      ['load', 'cellxgene:v1/local.h5ad', 'Tabula Sapiens - Lung']
    ]);
    expect(screen.queryByRole('progressbar')).toBeNull();
  });

  it('says why one failed and what to do', () => {
    show(
      transfer({
        state: 'failed',
        error: {
          code: 'checksum',
          message: 'lung.h5ad is not the published file (host.example)',
          source: 'cellxgene',
          hint: 'Try again.',
          retry_after: null,
          fields: [],
          cost: null,
          position: null
        }
      })
    );
    const item = within(screen.getByRole('listitem'));
    expect(item.getByText(/host\.example/)).toBeTruthy();
    expect(item.getByText('Try again.')).toBeTruthy();
  });

  it('goes on past its limit when its user raises it', async () => {
    show(
      transfer({
        state: 'paused',
        note: '0.0001 USD of 0.0001 USD are spent.',
        max_usd: 0.0001,
        paid_usd: 0.0001,
        error: {
          code: 'limit',
          message: '0.0001 USD of 0.0001 USD are spent',
          source: '',
          hint: '',
          retry_after: null,
          fields: [],
          cost: null,
          position: null
        }
      })
    );
    expect(screen.getByText(/paused at its limit/)).toBeTruthy();
    expect(screen.queryByRole('button', { name: /^Resume/ })).toBeNull();
    await userEvent.click(
      screen.getByRole('button', { name: /^Raise the limit/ })
    );
    await act(settle);
    const request = server.next();
    expect(request.route).toBe('PATCH transfers/t1');
    expect(JSON.parse(request.body)).toEqual({ action: 'resume' });
  });

  it('counts the files of a group, and names those that failed with why', async () => {
    show(
      transfer({
        ref: 'group:0123456789abcdef',
        state: 'done',
        group: { total: 1000, done: 998, failed: 2 }
      })
    );
    expect(screen.getByText(/998 of 1,000 files · 2 failed/)).toBeTruthy();
    expect(screen.queryByRole('button', { name: /^Load/ })).toBeNull();
    const fold = screen.getByText('2 files failed').closest('details');
    fold?.setAttribute('open', '');
    await act(async () => {
      fold?.dispatchEvent(new Event('toggle'));
      await settle();
    });
    const request = server.next();
    expect(request.route).toBe('GET transfers/t1/members');
    expect(request.url.searchParams.get('state')).toBe('failed');
    await act(() =>
      request.answer({
        total: 2,
        offset: 0,
        members: [
          {
            ref: 'hca:dcp/1',
            name: 'cells.bam',
            state: 'failed',
            size: null,
            sha256: '',
            path: '',
            error: {
              code: 'missing',
              message: 'the host has no such file',
              source: 'hca',
              hint: '',
              retry_after: null
            }
          }
        ]
      })
    );
    expect(screen.getByText('cells.bam')).toBeTruthy();
    expect(screen.getByText('The host has no such file.')).toBeTruthy();
    expect(screen.getByText('1 more failed.')).toBeTruthy();
  });

  it('takes all that ended off the list', async () => {
    show(
      transfer({ id: 'a', state: 'done' }),
      transfer({ id: 'b', state: 'done' }),
      transfer({ id: 'c' })
    );
    server.rule = () => ({});
    await userEvent.click(
      screen.getByRole('button', { name: /Take the 2 that ended/ })
    );
    await act(settle);
    expect(screen.getAllByRole('listitem')).toHaveLength(1);
  });
});
