import { onScopeDispose, ref } from "vue";

const types = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
export const longestNoteSeconds = 180;

/** Records one voice note. `start` rejects when the person or the phone refuses the microphone. */
export function useVoiceRecorder(done: (note: Blob) => void) {
  const recording = ref(false);
  const seconds = ref(0);
  let recorder: MediaRecorder | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;

  async function start(): Promise<void> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const mimeType = types.find((type) => MediaRecorder.isTypeSupported(type));
    const chunks: Blob[] = [];
    recorder = new MediaRecorder(stream, mimeType ? { mimeType } : {});
    recorder.ondataavailable = (event) => chunks.push(event.data);
    recorder.onstop = () => {
      stream.getTracks().forEach((track) => track.stop());
      const type = (recorder?.mimeType ?? mimeType ?? "audio/webm").split(";")[0] ?? "audio/webm";
      if (chunks.length) done(new Blob(chunks, { type }));
    };
    recorder.start(1_000);
    recording.value = true;
    seconds.value = 0;
    timer = setInterval(() => {
      if (++seconds.value >= longestNoteSeconds) stop();
    }, 1_000);
  }

  function stop(): void {
    clearInterval(timer);
    recording.value = false;
    if (recorder?.state === "recording") recorder.stop();
  }

  onScopeDispose(stop);
  return { recording, seconds, start, stop, supported: typeof MediaRecorder !== "undefined" };
}
