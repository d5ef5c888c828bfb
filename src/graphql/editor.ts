import {
  autocompletion,
  snippetCompletion,
  startCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult
} from '@codemirror/autocomplete';
import { Prec, type Extension } from '@codemirror/state';
import { EditorView, keymap, placeholder, tooltips } from '@codemirror/view';
import { CodeEditor } from '@jupyterlab/codeeditor';
import type { IDisposable } from '@lumino/disposable';

import { complete, type ICompletion } from './completions';
import { graphqlLanguage } from './language';
import type { Schema } from './schema';

export interface IEditorOptions {
  readonly factory: CodeEditor.Factory;
  readonly host: HTMLElement;
  /** What a screen reader calls it. */
  readonly label: string;
  /** What it says while it is empty. */
  readonly placeholder: string;
  readonly text: string;
  /** What can be asked; null while it is not known. */
  readonly schema: () => Schema | null;
  readonly onText: (text: string) => void;
  readonly onRun: () => void;
}

const THEME = EditorView.theme({
  '&': { height: '100%' },
  '.cm-tooltip': {
    border: 'var(--jp-border-width) solid var(--jp-border-color1)',
    backgroundColor: 'var(--jp-layout-color1)',
    boxShadow: 'var(--jp-elevation-z6)',
    color: 'var(--jp-ui-font-color1)'
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    fontFamily: 'var(--jp-code-font-family)',
    fontSize: 'var(--jp-code-font-size)'
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': {
    padding: '3px 6px',
    color: 'var(--jp-ui-font-color1)'
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--jp-brand-color1)',
    color: 'var(--jp-ui-inverse-font-color1)'
  },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '600' },
  '.cm-completionDetail': { opacity: '0.75' },
  '.cm-tooltip.cm-completionInfo': {
    maxWidth: '320px',
    padding: '6px 8px',
    fontFamily: 'var(--jp-ui-font-family)',
    fontSize: 'var(--jp-ui-font-size1)'
  }
});

/** An editor of JupyterLab's for one question, completed with the schema. */
export class GraphEditor implements IDisposable {
  constructor({ factory, host, ...options }: IEditorOptions) {
    const model = new CodeEditor.Model({ mimeType: 'text/x-graphql' });
    model.sharedModel.setSource(options.text);
    this._model = model;
    this._editor = factory({
      host,
      model,
      config: {
        autoClosingBrackets: true,
        codeFolding: false,
        indentUnit: '2',
        lineNumbers: true,
        lineWrap: true,
        matchBrackets: true
      },
      extensions: extensionsOf(options, this)
    });
    model.sharedModel.changed.connect(() => options.onText(this.text));
  }

  get text(): string {
    return this._model.sharedModel.getSource();
  }

  get isDisposed(): boolean {
    return this._editor.isDisposed;
  }

  /** Put another text in place of this one; it can be undone. */
  replace(text: string): void {
    const shared = this._model.sharedModel;
    if (text !== this.text) {
      shared.updateSource(0, this.text.length, text);
    }
  }

  focus(): void {
    this._editor.focus();
  }

  undo(): void {
    this._editor.undo();
  }

  redo(): void {
    this._editor.redo();
  }

  dispose(): void {
    this._editor.dispose();
    this._model.dispose();
  }

  private readonly _editor: CodeEditor.IEditor;
  private readonly _model: CodeEditor.Model;
}

function extensionsOf(
  options: Omit<IEditorOptions, 'factory' | 'host'>,
  editor: GraphEditor
): Extension[] {
  const done = (action: () => void) => () => {
    action();
    return true;
  };
  return [
    // In front of the plain text that JupyterLab takes it for.
    Prec.highest(graphqlLanguage.extension),
    THEME,
    placeholder(options.placeholder),
    EditorView.contentAttributes.of({ 'aria-label': options.label }),
    // The panel ends above what a list of completions may need.
    tooltips({ parent: document.body }),
    autocompletion({
      override: [context => completionsAt(context, options.schema())],
      icons: false
    }),
    Prec.highest(
      keymap.of([
        { key: 'Mod-Enter', run: done(options.onRun) },
        { key: 'Ctrl-Space', run: startCompletion },
        { key: 'Mod-z', run: done(() => editor.undo()) },
        { key: 'Mod-y', run: done(() => editor.redo()) },
        { key: 'Mod-Shift-z', run: done(() => editor.redo()) }
      ])
    ),
    EditorView.domEventHandlers({
      focus: (_, view) => {
        // Tab leads out of the editor, as out of any field; Enter takes a completion.
        view.setTabFocusMode?.(true);
      }
    })
  ];
}

function completionsAt(
  context: CompletionContext,
  schema: Schema | null
): CompletionResult | null {
  const found =
    schema && complete(schema, context.state.sliceDoc(0, context.pos));
  const typed = context.matchBefore(/[$\w]+$/);
  if (!found || (!typed && !context.explicit)) {
    return null;
  }
  return {
    from: found.from,
    options: found.options.map(completionOf),
    validFor: /^\$?\w*$/
  };
}

function completionOf(each: ICompletion): Completion {
  const { label, type, detail, info, template } = each;
  const said = {
    label,
    type,
    detail: detail || undefined,
    info: info || undefined,
    // Fields that GraphQL itself adds stand behind those of the commons.
    boost: label.startsWith('_') ? -1 : 0
  };
  return template ? snippetCompletion(template, said) : said;
}
