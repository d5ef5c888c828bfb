import plugin from '../index';

describe('the plugin', () => {
  it('has the id that its settings schema is found by', () => {
    expect(plugin.id).toBe('jupyterlab-datahub:plugin');
  });
});
