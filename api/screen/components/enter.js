// How a screen on a wall comes in: by a token, which the service turns into a cookie that no script can read.
export async function enterWall(token) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const answer = await fetch("/screen/wall", { method: "POST", headers });
  return answer.status;
}

// The token of the address, this once.
export function givenToken() {
  const token = window.wallToken ?? "";
  delete window.wallToken;
  return token;
}
