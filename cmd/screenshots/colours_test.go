package main

import (
	"image"
	"image/color"
	"testing"
)

// Flat colours stay what they are, however many soft edges there are.
func TestFewColoursKeepsFlatOnes(t *testing.T) {
	full := image.NewRGBA(image.Rect(0, 0, 64, 64))
	ground, ink := color.RGBA{0xf6, 0xf6, 0xf3, 255}, color.RGBA{0x0a, 0x5b, 0x7b, 255}
	for y := range 64 {
		for x := range 64 {
			switch {
			case y < 40:
				full.SetRGBA(x, y, ground)
			case y < 50:
				full.SetRGBA(x, y, ink)
			default:
				full.SetRGBA(x, y, color.RGBA{uint8(4 * x), uint8(16 * (y - 50)), uint8(255 - 4*x), 255})
			}
		}
	}
	small := fewColours(full)
	if n := len(small.Palette); n != paletteSize {
		t.Errorf("got %d colours, want %d", n, paletteSize)
	}
	if got := rgba(small.At(3, 3)); got != ground {
		t.Errorf("ground: got %v, want %v", got, ground)
	}
	if got := rgba(small.At(60, 45)); got != ink {
		t.Errorf("ink: got %v, want %v", got, ink)
	}
	if small.Bounds() != full.Bounds() {
		t.Errorf("got bounds %v, want %v", small.Bounds(), full.Bounds())
	}
}
