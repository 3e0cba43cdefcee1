// The sound of an alarm, made here: two tones, three for an emergency. A browser lets none out before a first touch,
// unless it was started with --autoplay-policy=no-user-gesture-required.
const TONES = { critical: [660, 550], emergency: [880, 660, 880] };
const LONG = 0.28; // seconds a tone
const LOUD = 0.25;

let context = null;

// Sounds, and tells whether it was let.
export function toll(tone) {
  context ??= new AudioContext();
  if (context.state !== "running") {
    context.resume().catch(() => {});
    return false;
  }
  TONES[tone].forEach((pitch, n) => {
    const [voice, volume] = [context.createOscillator(), context.createGain()];
    const from = context.currentTime + n * LONG;
    voice.frequency.value = pitch;
    volume.gain.setValueAtTime(0, from);
    volume.gain.linearRampToValueAtTime(LOUD, from + 0.02);
    volume.gain.setTargetAtTime(0, from + LONG - 0.08, 0.02);
    voice.connect(volume).connect(context.destination);
    voice.onended = () => volume.disconnect();
    voice.start(from);
    voice.stop(from + LONG);
  });
  return true;
}
