import type { ProvenanceInput } from '../../api/models';
import {
  allInputsOf,
  inputsOf,
  recordInput,
  takeOver,
  withInput
} from '../provenance';

function input(variable: string, ref = 'folder:lab/a.h5ad'): ProvenanceInput {
  return {
    ref,
    variable,
    title: 'A',
    version: '1',
    size: 10,
    sha256: 'ab',
    retrieved: '2026-06-11T00:00:00Z',
    licence: 'CC BY 4.0',
    citation: '',
    doi: '',
    selection: ''
  };
}

describe('the inputs of a notebook', () => {
  it('are written down one after the other', () => {
    const first = withInput(undefined, input('lung'));
    const second = withInput(first, input('blood'));
    expect(inputsOf(second).map(({ variable }) => variable)).toEqual([
      'lung',
      'blood'
    ]);
  });

  it('hold one entry for a variable, in its place', () => {
    const before = { inputs: [input('lung'), input('blood')] };
    const after = withInput(before, input('lung', 'folder:lab/b.h5ad'));
    expect(inputsOf(after).map(({ ref }) => ref)).toEqual([
      'folder:lab/b.h5ad',
      'folder:lab/a.h5ad'
    ]);
  });

  it('leave everything else in the metadata as it is', () => {
    const foreign = { ref: 'no variable' };
    const before = { inputs: [foreign], theme: 'x' };
    const after = withInput(before, input('lung'));
    expect(after.theme).toBe('x');
    expect(after.inputs).toEqual([foreign, input('lung')]);
    expect(before.inputs).toEqual([foreign]);
    expect(inputsOf(after)).toEqual([input('lung')]);
  });

  it.each([[undefined], [null], ['text'], [[1]], [{ inputs: 'text' }]])(
    'can be written into metadata that somebody broke: %p',
    broken => {
      expect(inputsOf(withInput(broken, input('lung')))).toHaveLength(1);
    }
  );

  it('are kept under one key of the model', () => {
    const metadata = new Map<string, unknown>();
    const model = {
      getMetadata: (key: string) => metadata.get(key),
      setMetadata: (key: string, value: unknown) =>
        void metadata.set(key, value)
    };
    recordInput(model, input('lung'));
    recordInput(model, input('blood'));
    expect([...metadata.keys()]).toEqual(['datahub']);
    expect(inputsOf(metadata.get('datahub'))).toHaveLength(2);
  });
});

describe('what jupyterlab-openbis wrote down', () => {
  const REF = 'openbis:lab.example.org:8443/20240115093012345-11';
  const old = {
    '20240115093012345-11': {
      url: 'https://lab.example.org:8443',
      permId: '20240115093012345-11',
      size: 12
    },
    '../x': { url: 'https://lab.example.org' },
    '1-2': { url: 7 },
    '1-3': null
  };

  function notebook(datahub?: object): {
    metadata: Record<string, unknown>;
    getMetadata: (key: string) => unknown;
    setMetadata: (key: string, value: unknown) => void;
  } {
    const metadata: Record<string, unknown> = { datasets: old, datahub };
    return {
      metadata,
      getMetadata: key => metadata[key],
      setMetadata: (key, value) => {
        metadata[key] = value;
      }
    };
  }

  it('is among the inputs', () => {
    const model = notebook({ inputs: [input('lung')] });
    const found = allInputsOf(model);
    expect(found.map(({ ref }) => ref)).toEqual(['folder:lab/a.h5ad', REF]);
    expect(found[1]).toMatchObject({ title: '20240115093012345-11', size: 12 });
  });

  it('is there once where it was taken over', () => {
    const model = notebook({ history_id: 'h' });
    takeOver(model);
    const { datahub } = model.metadata;
    expect(datahub).toMatchObject({ history_id: 'h', inputs: [{ ref: REF }] });
    takeOver(model);
    expect(model.metadata.datahub).toBe(datahub);
    expect(model.metadata.datasets).toBe(old);
    expect(allInputsOf(model as never)).toHaveLength(1);
  });
});
