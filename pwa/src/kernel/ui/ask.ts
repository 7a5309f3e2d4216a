/** Dialogues and short notices; their code is loaded when first needed. */

export async function confirmed(title: string, message: string, words: { yes: string; no: string }): Promise<boolean> {
  const [{ showConfirmDialog }] = await Promise.all([import("vant/es/dialog"), import("vant/es/dialog/style/index")]);
  return showConfirmDialog({ title, message, confirmButtonText: words.yes, cancelButtonText: words.no }).then(
    () => true,
    () => false,
  );
}

export async function notice(message: string): Promise<void> {
  const [{ showToast }] = await Promise.all([import("vant/es/toast"), import("vant/es/toast/style/index")]);
  showToast({ message, position: "bottom", duration: 3_000 });
}
