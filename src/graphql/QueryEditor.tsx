import type { IEditorServices } from '@jupyterlab/codeeditor';
import { useEffect, useRef, type ReactElement } from 'react';

import { useSidebar } from '../browser/context';
import { GraphEditor } from './editor';
import type { GraphModel } from './model';

interface IProps {
  readonly model: GraphModel;
  readonly services: IEditorServices;
}

/** The editor of the question, which keeps itself and the model the same. */
export function QueryEditor({ model, services }: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const host = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const editor = new GraphEditor({
      factory: services.factoryService.newInlineEditor,
      host: host.current!,
      label: trans.__('Query'),
      placeholder: trans.__('Write a query, or choose a type of records'),
      text: model.query,
      schema: () => model.state.schema,
      onText: text => model.type(text),
      onRun: () => void model.run()
    });
    const replace = (_: GraphModel, text: string): void => {
      editor.replace(text);
      const panel = host.current?.closest('.jp-DataHub-graph');
      if (panel?.contains(document.activeElement)) {
        editor.focus();
      }
    };
    model.replaced.connect(replace);
    return () => {
      model.replaced.disconnect(replace);
      editor.dispose();
    };
  }, [model, services, trans]);

  return <div ref={host} className="jp-DataHub-graphEditor" />;
}
