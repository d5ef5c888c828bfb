import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';

import type { Transfer } from '../../api/models';
import { LoadNotice } from '../notices';

const trans = nullTranslator.load('test');
const running: Transfer = {
  id: 't1',
  ref: 'cellxgene:v1',
  title: 'Lung',
  name: 'lung.h5ad',
  source: 'cellxgene',
  state: 'running',
  done: 25,
  size: 100,
  rate: 5,
  remaining: 15,
  note: '',
  path: '',
  sha256: '',
  error: null,
  created: '',
  updated: '',
  sequence: 1
};

function notice(): LoadNotice {
  return new LoadNotice({ title: 'Lung', into: 'a.ipynb' }, trans);
}

function shown(): Notification.INotification[] {
  return Notification.manager.notifications;
}

beforeEach(() => {
  jest.useFakeTimers();
  Notification.dismiss();
});

afterEach(() => jest.useRealTimers());

const nothing = (): void => undefined;

/** Wait with a transfer until the user is told of it. */
function wait(told: LoadNotice, cancel = nothing, show = nothing): void {
  told.waiting(running, cancel, show, nothing);
  jest.runOnlyPendingTimers();
}

/** Press the button of the only notification. */
function press(label: string): void {
  const [{ options }] = shown();
  const action = options.actions!.find(each => each.label === label);
  action!.callback(new MouseEvent('click'));
}

describe('the notice of a load', () => {
  it('is one, from the download to the cell', () => {
    const told = notice();
    wait(told);
    expect(shown()[0]).toMatchObject({
      type: 'in-progress',
      options: { progress: 0.25 }
    });
    told.waiting({ ...running, done: 60 }, nothing, nothing, nothing);
    told.loaded('lung', [], null);
    expect(shown()).toHaveLength(1);
    expect(shown()[0].type).toBe('success');
    expect(shown()[0].message).toContain('“lung” in a.ipynb');
  });

  it('is none when all is done at a glance', () => {
    const told = notice();
    told.waiting(running, nothing, nothing, nothing);
    told.waiting({ ...running, done: 60 }, nothing, nothing, nothing);
    expect(shown()).toEqual([]);
    told.dismiss();
    jest.runOnlyPendingTimers();
    expect(shown()).toEqual([]);
  });

  it('tells progress without showing itself again', () => {
    const told = notice();
    wait(told);
    expect(shown()[0].options.autoClose).toBeGreaterThan(0);
    told.waiting({ ...running, done: 60 }, nothing, nothing, nothing);
    expect(shown()[0].message).toContain('60%');
    expect(shown()[0].options.autoClose).toBe(0);
    told.waiting({ ...running, state: 'paused' }, nothing, nothing, nothing);
    expect(shown()[0].message).toContain('paused');
    expect(shown()[0].options.autoClose).toBe(0);
  });

  it('says that it is paused at its limit, and raises that', () => {
    const told = notice();
    const raise = jest.fn();
    const stopped: Transfer = {
      ...running,
      state: 'paused',
      max_usd: 0.01,
      paid_usd: 0.004,
      error: {
        code: 'limit',
        message: 'At its limit',
        hint: '',
        source: 's3',
        retry_after: null,
        fields: [],
        cost: null,
        position: null
      }
    };
    wait(told);
    told.waiting(stopped, nothing, nothing, raise);
    expect(shown()[0].type).toBe('warning');
    expect(shown()[0].message.replace(/\u00a0/g, ' ')).toBe(
      'The download of “Lung” for a.ipynb is paused at its limit: 0.004 USD of 0.01 USD are spent.'
    );
    expect(shown()[0].options.autoClose).toBe(false);
    press('Raise the limit');
    expect(raise).toHaveBeenCalledTimes(1);
    told.waiting(running, nothing, nothing, raise);
    jest.runOnlyPendingTimers();
    expect(shown()[0].type).toBe('in-progress');
    expect(shown()[0].message).toContain('Downloading “Lung”');
  });

  it('does not say that it moves where it is paused from the start', () => {
    const told = notice();
    told.waiting({ ...running, state: 'paused' }, nothing, nothing, nothing);
    jest.runOnlyPendingTimers();
    expect(shown()[0].message).toContain('is paused');
  });

  it('shows itself again when a failed transfer is tried again', () => {
    const told = notice();
    wait(told);
    told.failed({
      code: 'slow',
      message: 'No answer',
      hint: '',
      source: '',
      retry_after: null
    });
    wait(told);
    expect(shown()[0].options.autoClose).toBeGreaterThan(0);
  });

  it('stays away while there is nothing but progress', () => {
    const told = notice();
    wait(told);
    Notification.dismiss(shown()[0].id);
    told.waiting({ ...running, done: 60 }, nothing, nothing, nothing);
    expect(shown()).toEqual([]);
    told.loaded('lung', [], null);
    expect(shown()).toHaveLength(1);
  });

  it('calls the transfer off, or shows it', () => {
    const cancel = jest.fn();
    const show = jest.fn();
    wait(notice(), cancel, show);
    press('Show progress');
    press('Cancel');
    expect(show).toHaveBeenCalledTimes(1);
    expect(cancel).toHaveBeenCalledTimes(1);
  });

  it('says why nothing was loaded, and what to do', () => {
    const error = {
      code: 'unreachable',
      message: 'No answer from example.org',
      hint: 'Try later',
      source: 'lab',
      retry_after: null
    };
    const retry = jest.fn();
    notice().failed(error, { retry });
    expect(shown()[0].message).toBe(
      '“Lung” was not loaded: No answer from example.org. Try later.'
    );
    press('Try again');
    expect(retry).toHaveBeenCalledTimes(1);
  });

  it('offers no retry where one cannot help', () => {
    notice().readOnly();
    expect(shown()[0].message).toContain('a.ipynb is read-only.');
    expect(shown()[0].options.actions).toEqual([]);
  });

  it('is drawn before it is gone', () => {
    const told = notice();
    wait(told);
    told.dismiss();
    expect(told.shown).toBe(false);
    expect(shown()).toHaveLength(1);
    jest.advanceTimersByTime(1500);
    expect(shown()).toEqual([]);
  });

  it('is gone when it is dismissed', () => {
    const told = notice();
    wait(told);
    jest.advanceTimersByTime(2000);
    told.dismiss();
    expect(shown()).toEqual([]);
    expect(told.shown).toBe(false);
  });
});
