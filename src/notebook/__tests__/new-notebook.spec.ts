import type { KernelSpec } from '@jupyterlab/services';

import { kernelChoices } from '../new-notebook';

function spec(display_name: string): KernelSpec.ISpecModel {
  return {
    name: display_name,
    display_name,
    language: 'python',
    argv: [],
    resources: {}
  };
}

describe('the kernels of a new notebook', () => {
  it('start with the default one', () => {
    const choices = kernelChoices({
      default: 'py',
      kernelspecs: { r: spec('R'), bash: spec('Bash'), py: spec('Python 3') }
    });
    expect(choices.map(({ name }) => name)).toEqual(['py', 'bash', 'r']);
    expect(choices[0].label).toBe('Python 3');
  });

  it('are none where the server has none', () => {
    expect(kernelChoices(null)).toEqual([]);
  });
});
