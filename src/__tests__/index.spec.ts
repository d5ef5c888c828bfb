import plugins from '../index';

describe('the plugins', () => {
  it('have ids of this package, each once', () => {
    const ids = plugins.map(plugin => plugin.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) {
      expect(id).toMatch(/^jupyterlab-datahub:[a-z-]+$/);
    }
  });

  it('include the one that the settings schema belongs to', () => {
    expect(plugins.map(plugin => plugin.id)).toContain(
      'jupyterlab-datahub:plugin'
    );
  });
});
