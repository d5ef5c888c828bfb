/** The notebook that is saved, or a file without one, as far as the dialog has to know it. */
export interface INotebook {
  readonly path: string;
  readonly name: string;
  /** Whether it is another file or a folder, which goes as it is. */
  readonly plain: boolean;
  readonly inputs: readonly { readonly ref: string; readonly title: string }[];
  /** Write it to the disk, so that what is saved is what is seen; mark it as a version. */
  save(keepHistory: boolean): Promise<void>;
  /** Let the user choose files inside of the server's root. */
  chooseFiles(): Promise<readonly string[]>;
}
