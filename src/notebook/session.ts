import type {
  ISessionContext,
  ISessionContextDialogs
} from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';

/** States in which a kernel will answer nothing more until it is started anew. */
const GONE: readonly Kernel.Status[] = ['dead', 'terminating'];

/**
 * Return the live kernel of a document.
 *
 * The user is asked for one where there is none or where it died.
 *
 * @returns null where the user chose none.
 */
export async function liveKernel(
  context: ISessionContext,
  dialogs: ISessionContextDialogs
): Promise<Kernel.IKernelConnection | null> {
  await context.ready;
  if (current(context) === null) {
    await dialogs.selectKernel(context);
  }
  return current(context);
}

function current(context: ISessionContext): Kernel.IKernelConnection | null {
  const kernel = context.hasNoKernel ? null : context.session?.kernel;
  return kernel && !GONE.includes(kernel.status) ? kernel : null;
}
