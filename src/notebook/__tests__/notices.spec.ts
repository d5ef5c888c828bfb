import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';

import type { Transfer } from '../../api/models';
import { LoadNotice, sentences } from '../notices';

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

beforeEach(() => Notification.dismiss());

describe('the notice of a load', () => {
  it('is one, from the download to the cell', () => {
    const told = notice();
    told.waiting(running, () => undefined);
    expect(shown()[0]).toMatchObject({
      type: 'in-progress',
      options: { progress: 0.25 }
    });
    told.waiting({ ...running, done: 60 }, () => undefined);
    told.loaded('lung', [], null);
    expect(shown()).toHaveLength(1);
    expect(shown()[0].type).toBe('success');
    expect(shown()[0].message).toContain('“lung” in a.ipynb');
  });

  it('stays closed while there is nothing but progress', () => {
    const told = notice();
    told.waiting(running, () => undefined);
    Notification.dismiss(shown()[0].id);
    told.waiting({ ...running, done: 60 }, () => undefined);
    expect(shown()).toEqual([]);
    told.loaded('lung', [], null);
    expect(shown()).toHaveLength(1);
  });

  it('calls the transfer off', () => {
    const cancel = jest.fn();
    notice().waiting(running, cancel);
    shown()[0].options.actions![0].callback(new MouseEvent('click'));
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
    notice().failed(error, retry);
    expect(shown()[0].message).toBe(
      '“Lung” was not loaded. No answer from example.org. Try later.'
    );
    shown()[0].options.actions![0].callback(new MouseEvent('click'));
    expect(retry).toHaveBeenCalledTimes(1);
  });

  it('offers no retry where one cannot help', () => {
    notice().readOnly();
    expect(shown()[0].message).toContain('a.ipynb is read-only.');
    expect(shown()[0].options.actions).toEqual([]);
  });

  it('is gone when it is dismissed', () => {
    const told = notice();
    told.waiting(running, () => undefined);
    told.dismiss();
    expect(shown()).toEqual([]);
    expect(told.shown).toBe(false);
  });
});

it('gives each sentence its full stop', () => {
  expect(sentences(['One', 'Two.', '', ' Three? '])).toBe('One. Two. Three?');
});
