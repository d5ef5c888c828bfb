import { Notification } from '@jupyterlab/apputils';
import { StateDB } from '@jupyterlab/statedb';

import { DataHubError } from '../../api/errors';
import { Page, replyOf, transferIn } from './page';

function messages(): string[] {
  return Notification.manager.notifications.map(({ message }) => message);
}

beforeEach(() => Notification.dismiss());

describe('a load', () => {
  it('hands over at once what is in the library', async () => {
    const page = new Page();
    page.answer = transferIn('done');
    await page.loads.load('cellxgene:v1', 'Lung');
    await page.settle();
    expect(page.delivered).toEqual(['lung = 1']);
    expect(page.asked[0]).toEqual({
      ref: 'cellxgene:v1',
      language: 'python',
      names: ['x', 'y'],
      working_directory: '',
      path_visible: true,
      directory: 'work'
    });
    expect(messages()).toEqual([]);
  });

  it('waits for the transfer, and tells of it', async () => {
    jest.useFakeTimers();
    const page = new Page();
    await page.loads.load('cellxgene:v1', 'Lung');
    jest.runOnlyPendingTimers();
    jest.useRealTimers();
    expect(messages()[0]).toContain('a.ipynb');
    page.queue({ ...transferIn('running'), done: 50 });
    await page.settle();
    expect(page.delivered).toEqual([]);
    page.queue(transferIn('done'));
    page.queue(transferIn('done'));
    await page.settle();
    expect(page.delivered).toEqual(['lung = 1']);
    expect(messages()[0]).toContain('“lung”');
  });

  it('downloads nothing where workers read the file where it is', async () => {
    const page = new Page();
    page.answer = new Error('downloaded');
    await page.loads.load('cellxgene:v1', 'Lung', undefined, '', {
      way: 'dask',
      cluster: '',
      here: true
    });
    await page.settle();
    expect(page.delivered).toEqual(['lung = 1']);
    expect(page.asked[0]).toMatchObject({ way: 'dask', in_place: true });
  });

  it('goes on after a reload of the page', async () => {
    const db = new StateDB();
    await new Page(db).loads.load('cellxgene:v1', 'Lung');
    const page = new Page(db);
    page.items = [transferIn('done')];
    await page.loads.resume();
    await page.settle();
    expect(page.delivered).toEqual(['lung = 1']);
    const third = new Page(db);
    await third.loads.resume();
    await third.settle();
    expect(third.delivered).toEqual([]);
  });

  it('waits for its notebook when that is closed, and offers to open it', async () => {
    const page = new Page();
    await page.loads.load('cellxgene:v1', 'Lung');
    page.open = false;
    jest.useFakeTimers();
    page.queue(transferIn('done'));
    page.queue(transferIn('done'));
    jest.runOnlyPendingTimers();
    jest.useRealTimers();
    expect(page.delivered).toEqual([]);
    const [offer] = Notification.manager.notifications;
    expect(offer.message).toContain('a.ipynb is not open');
    offer.options.actions![0].callback(new MouseEvent('click'));
    expect(page.opened).toEqual(['work/a.ipynb']);
    page.open = true;
    page.loads.look();
    await page.settle();
    expect(page.delivered).toEqual(['lung = 1']);
  });

  it('is forgotten when its transfer is cancelled', async () => {
    const page = new Page();
    await page.loads.load('cellxgene:v1', 'Lung');
    page.queue(transferIn('cancelled'));
    expect(messages()).toEqual([]);
    page.queue(transferIn('done'));
    await page.settle();
    expect(page.delivered).toEqual([]);
  });

  it('is forgotten when its transfer is taken off the list', async () => {
    const page = new Page();
    await page.loads.load('cellxgene:v1', 'Lung');
    page.queue(transferIn('running'));
    page.queue();
    page.queue(transferIn('done'));
    await page.settle();
    expect(page.delivered).toEqual([]);
  });

  it('outlives a failed transfer that is tried again', async () => {
    const page = new Page();
    await page.loads.load('cellxgene:v1', 'Lung');
    const error = {
      code: 'unreachable',
      message: 'No answer from example.org',
      hint: 'Try again later',
      source: '',
      retry_after: null,
      fields: [],
      cost: null,
      position: null
    };
    page.queue({ ...transferIn('failed'), error });
    const [failure] = Notification.manager.notifications;
    expect(failure.message).toContain('No answer from example.org');
    failure.options.actions![0].callback(new MouseEvent('click'));
    expect(page.acted).toEqual(['retry t1']);
    page.queue(transferIn('done'));
    await page.settle();
    expect(page.delivered).toEqual(['lung = 1']);
  });

  it('hands over one after the other', async () => {
    const page = new Page();
    page.answer = transferIn('running', 't1');
    await page.loads.load('cellxgene:v1', 'Lung');
    page.answer = transferIn('running', 't2');
    await page.loads.load('cellxgene:v2', 'Blood');
    page.queue(transferIn('done', 't1'), transferIn('done', 't2'));
    await page.settle();
    expect(page.delivered).toHaveLength(2);
  });

  it('says that a name was numbered', async () => {
    const page = new Page();
    page.answer = transferIn('done');
    page.cell = replyOf('lung_2', 'lung is taken');
    await page.loads.load('cellxgene:v1', 'Lung');
    await page.settle();
    expect(messages()[0]).toContain('lung is taken.');
  });

  it('goes on with a busy kernel, and says so', async () => {
    const page = new Page();
    page.answer = transferIn('done');
    page.kernel = {
      ...page.kernel,
      requestExecute: () => ({
        done: Promise.reject(new Error('no answer')),
        dispose: () => undefined
      })
    };
    await page.loads.load('cellxgene:v1', 'Lung');
    await page.settle();
    expect(page.asked[0]).toMatchObject({
      names: ['earlier'],
      path_visible: null
    });
    expect(messages()[0]).toContain('names were not checked');
  });

  it('changes nothing in a read-only notebook', async () => {
    const page = new Page();
    page.readOnly = true;
    await page.loads.load('cellxgene:v1', 'Lung');
    await page.settle();
    expect(page.delivered).toEqual([]);
    expect(messages()[0]).toContain('read-only');
  });

  it('needs a kernel', async () => {
    const page = new Page();
    page.answer = transferIn('done');
    page.kernel = null;
    await page.loads.load('cellxgene:v1', 'Lung');
    await page.settle();
    expect(page.delivered).toEqual([]);
    expect(messages()[0]).toContain('has no kernel');
  });

  it('says which languages there are cells for', async () => {
    const page = new Page();
    page.answer = transferIn('done');
    page.cell = new DataHubError({
      code: 'bad_request',
      message: 'There is no cell for the language Fortran',
      hint: 'Choose a Python kernel',
      source: '',
      retry_after: null
    });
    await page.loads.load('cellxgene:v1', 'Lung');
    await page.settle();
    expect(messages()[0]).toBe(
      '“Lung” was not loaded: There is no cell for the language Fortran. ' +
        'Choose a Python kernel.'
    );
  });

  it('says why a download could not be queued', async () => {
    const page = new Page();
    page.answer = new Error('The disk is full');
    await page.loads.load('cellxgene:v1', 'Lung');
    expect(messages()[0]).toContain('The disk is full.');
  });

  it('ends without a word when the user does not want the download', async () => {
    const page = new Page();
    page.answer = null;
    await page.loads.load('cellxgene:v1', 'Lung');
    expect(messages()).toEqual([]);
  });
});
