import type { ProvenanceInput } from '../../api/models';
import { inputsOf, recordInput, withInput } from '../provenance';

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
