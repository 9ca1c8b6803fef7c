export function openapi(publicUrl: string): object { return { servers: [{ url: publicUrl }] } }
