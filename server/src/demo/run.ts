export type DemoState = 'begun' | 'done'
export async function runDemo(_options: { address: string; adminKey: string; state: DemoState | undefined; remember: (state: DemoState) => void; out: NodeJS.WritableStream }): Promise<void> {}
