/** AssemblyScript's whole numbers as TypeScript sees them, so that layout.ts is one file for both compilers. */
type i32 = number;
type usize = number;
